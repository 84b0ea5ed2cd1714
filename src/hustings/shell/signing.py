"""Keys and signatures: Ed25519 by a library, in the formats that OpenSSL reads."""

import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from hustings.errors import InputError, Problem
from hustings.shell import world

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PRIVATE, PUBLIC = "hustings-key.pem", "hustings-key.pub.pem"


def new_key(folder: Path) -> tuple[Path, Path]:
    """Write a new key pair into the folder; returns the private and the public file.

    The private one can be read by its owner alone. Raises `InputError` where a key is there.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private, public = folder / PRIVATE, folder / PUBLIC
    for path in (private, public):
        if path.exists():
            raise InputError(Problem("a key is there already; it is never replaced", str(path)))
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
    except OSError as error:
        raise InputError(Problem(f"cannot be written: {error.strerror}", str(private))) from None
    world.write(public, [public_pem(private)])
    return private, public


def public_pem(private: Path) -> str:
    """The public half of a private key, as PEM; raises `InputError` where it is no such key."""
    from cryptography.hazmat.primitives import serialization

    key = _private(private).public_key()
    pem: bytes = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode()


def sign(content: bytes, private: Path) -> bytes:
    """The raw signature, 64 bytes; the same key and content give the same one."""
    return _private(private).sign(content)


def signed_by(content: bytes, signature: bytes, public: Path) -> bool:
    """Whether the holder of that public key signed this; raises `InputError` for no key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = serialization.load_pem_public_key(world.as_it_stands(public).encode())
    except ValueError:
        raise InputError(Problem(_NO_KEY.format("public"), str(public))) from None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(Problem(_NO_KEY.format("public"), str(public)))
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def fingerprint(pem: str) -> str:
    """The SHA-256 of a public key's file, to be compared by eye or telephone."""
    return sha256(pem.encode()).hexdigest()


_NO_KEY = "this is no Ed25519 {} key in PEM without a password; `hustings key DIR` makes one"


def _private(path: Path) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(world.as_it_stands(path).encode(), None)
    except (ValueError, TypeError):
        raise InputError(Problem(_NO_KEY.format("private"), str(path))) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(Problem(_NO_KEY.format("private"), str(path)))
    return key
