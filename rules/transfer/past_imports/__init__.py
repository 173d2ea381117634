"""What earlier imports brought: their list, what is kept aside of their files, and undoing the last."""
