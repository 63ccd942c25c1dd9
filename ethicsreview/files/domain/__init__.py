"""What may be uploaded, and how a stream of bytes is proven to be it. Values and bytes in, verdict out."""
