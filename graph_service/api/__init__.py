"""The HTTP service: from a request to a question, from an answer or error to a response."""
