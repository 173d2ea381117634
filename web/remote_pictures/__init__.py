"""The one place that fetches pictures from elsewhere, and keeps them for a while; knows nothing of people or pages."""
