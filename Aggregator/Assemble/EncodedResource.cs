using Pipeline.Shared.Encoding;

namespace Pipeline.Aggregator.Assemble;

/// <summary>A resource as it came, shared by all spans that state it.</summary>
internal sealed class EncodedResource(byte[] bytes)
{
    public byte[] Bytes => bytes;

    /// <summary>The service's name, read once.</summary>
    public string ServiceName { get; } = ReadServiceName(bytes);

    private static string ReadServiceName(byte[] bytes)
    {
        var reader = new AvroReader(bytes);
        return ModelDecoder.ReadResource(ref reader).ServiceName;
    }
}
