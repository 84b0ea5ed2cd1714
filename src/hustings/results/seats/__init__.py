"""What is published of a contest for several seats: its edition, pages, data and papers to sign."""
