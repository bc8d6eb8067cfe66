namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>How attribute keys become field names: dots would nest, so Jaeger writes <c>@</c> for them.</summary>
internal static class TagNames
{
    /// <summary>Values longer than this many characters are kept, but not indexed (<c>ignore_above</c> of the template).</summary>
    public const int MaxSearchableLength = 256;

    private const int MaxKeyBytes = 256;

    /// <summary>The field of a key.</summary>
    public static string ToField(string key) => key.Replace('.', '@');

    /// <summary>The key of a field.</summary>
    public static string ToKey(string field) => field.Replace('@', '.');

    /// <summary>True when a key can be a field and come back as it was.</summary>
    public static bool CanBeField(string key) =>
        !string.IsNullOrWhiteSpace(key) && !key.Contains('@', StringComparison.Ordinal)
        && (key.Length <= MaxKeyBytes / 3 || System.Text.Encoding.UTF8.GetByteCount(key) <= MaxKeyBytes);
}
