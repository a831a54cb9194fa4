//! Requests, recipes and pictures.
