namespace Pipeline.Query.Serve;

/// <summary>A file of the web pages, ready to be sent.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Compressed">The same in gzip.</param>
/// <param name="ContentType">Its type.</param>
/// <param name="Tag">Its entity tag, quotes included: a hash of the content.</param>
internal sealed record WebFile(byte[] Content, byte[] Compressed, string ContentType, string Tag);
