using System.Buffers;
using System.Text.Json;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Renders the lines of bulk requests into one buffer, which is used again. Each item can be sent alone: a repetition needs no new rendering.</summary>
internal sealed class BulkRequestWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 20);
    private readonly Utf8JsonWriter _json;
    private readonly List<BulkItem> _items = [];
    private int _start;

    public BulkRequestWriter() => _json = new Utf8JsonWriter(_buffer, AttributeJson.WriterOptions);

    public int LengthBytes => _buffer.WrittenCount;

    public IReadOnlyList<BulkItem> Items => _items;

    /// <summary>Begins an item that must be new (<c>create</c>), and returns where its document is to be written.</summary>
    public Utf8JsonWriter BeginCreate(string index, string id) => Begin("create", index, id);

    /// <summary>Begins an item that replaces what is there (<c>index</c>).</summary>
    public Utf8JsonWriter BeginReplace(string index, string id) => Begin("index", index, id);

    /// <summary>Ends the item.</summary>
    public void End(string index, int traceIndex = -1, int spanIndex = -1, string? key = null)
    {
        EndLine();
        _items.Add(new BulkItem(_start, _buffer.WrittenCount - _start, traceIndex, spanIndex, index, key));
    }

    /// <summary>The lines of an item; valid until the next <see cref="Clear"/> or item.</summary>
    public ReadOnlyMemory<byte> Lines(in BulkItem item) => _buffer.WrittenMemory.Slice(item.Start, item.Length);

    public void Clear()
    {
        _buffer.ResetWrittenCount();
        _items.Clear();
    }

    public void Dispose() => _json.Dispose();

    private Utf8JsonWriter Begin(string action, string index, string id)
    {
        _start = _buffer.WrittenCount;
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteStartObject(action);
        _json.WriteString("_index"u8, index);
        _json.WriteString("_id"u8, id);
        _json.WriteEndObject();
        _json.WriteEndObject();
        EndLine();
        _json.Reset();
        return _json;
    }

    private void EndLine()
    {
        _json.Flush();
        _buffer.GetSpan(1)[0] = (byte)'\n';
        _buffer.Advance(1);
    }
}
