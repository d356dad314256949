"""What all pages share: acting, forms, rendering, formatting, notices, assets, errors. No page lives here."""
