namespace Pipeline.Shared.Encoding;

/// <summary>Names a series of service-edge metrics.</summary>
/// <param name="Client">The calling service, or the virtual node that stands for the caller.</param>
/// <param name="Server">The called service, database, queue or external peer.</param>
/// <param name="ConnectionType">Empty for a call, else <c>database</c>, <c>virtual_node</c> or <c>messaging_system</c> (Tempo's values).</param>
/// <param name="VirtualNode"><c>client</c> or <c>server</c> where that end sends no spans of its own; else empty.</param>
public readonly record struct EdgeKey(string Client, string Server, string ConnectionType, string VirtualNode)
{
    /// <summary>The record key of the series: its parts, separated by a byte that no name should hold.</summary>
    public byte[] ToRecordKey() => System.Text.Encoding.UTF8.GetBytes($"{Client}\u001f{Server}\u001f{ConnectionType}\u001f{VirtualNode}");

    internal static EdgeKey Read(ref AvroReader reader) => new(reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString());

    internal void Write(AvroWriter writer)
    {
        writer.WriteString(Client);
        writer.WriteString(Server);
        writer.WriteString(ConnectionType);
        writer.WriteString(VirtualNode);
    }
}
