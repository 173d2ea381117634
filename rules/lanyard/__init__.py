"""What Lanyard's dialect shows and takes, by its limits and in its words; knows neither HTTP nor Discord."""
