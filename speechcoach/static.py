"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModuleStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # untyped
    """Also rewrites ``import`` statements, so that modules are cached for ever and still change."""

    support_js_module_import_aggregation = True
