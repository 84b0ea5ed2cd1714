"""The pages of a release: what each says and where it links, before any template."""
