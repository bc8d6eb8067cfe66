using System.Globalization;
using Pipeline.Shared.Model;

namespace Pipeline.AllInOne.Demo;

/// <summary>Makes up one trace: spans are opened and closed as a program would, on a clock of its own.</summary>
internal sealed class DemoTrace(Random random, long offsetMicros = 0)
{
    private readonly List<DemoSpan> _spans = [];
    private DemoSpan? _current;
    private long _now = offsetMicros;
    private int _climb;

    public TraceId Id { get; } = new((ulong)random.NextInt64(1, long.MaxValue), (ulong)random.NextInt64(1, long.MaxValue));

    public long EndMicros => _spans.Max(s => s.EndMicros);

    public IEnumerable<Span> ToSpans(ulong beginUnixNano) => _spans.OrderBy(s => s.EndMicros).Select(s => s.ToSpan(Id, beginUnixNano));

    /// <summary>Lets time pass.</summary>
    public void Work(int lowMicros, int highMicros) => _now += random.Next(lowMicros, highMicros);

    /// <summary>A span of a service around something; what fails inside fails it as well, some levels up.</summary>
    public DemoSpan In(string service, string name, SpanKind kind, Action<DemoSpan> body)
    {
        var outer = _current;
        var span = _current = new DemoSpan(service, name, kind, new SpanId((ulong)random.NextInt64(1, long.MaxValue)), outer?.Id ?? default, _now);
        _spans.Add(span);
        Work(80, 700);
        body(span);
        Work(50, 500);
        span.EndMicros = _now;
        _current = outer;
        if (outer is not null && _climb > 0 && span.FailedAtMicros is not null)
        {
            _climb--;
            outer.Fail(span.FailureType, span.FailureMessage, _now);
        }

        return span;
    }

    /// <summary>The present span fails, and so do its callers, <paramref name="levels"/> of them.</summary>
    public void Fail(string type, string message, int levels)
    {
        _current!.Fail(type, message, _now);
        _climb = levels;
    }

    /// <summary>What a message sets off after it was sent; nobody waits for it.</summary>
    public void After(DemoSpan producer, int lowMicros, int highMicros, Action body)
    {
        var (current, now) = (_current, _now);
        (_current, _now) = (producer, producer.EndMicros + random.Next(lowMicros, highMicros));
        body();
        (_current, _now) = (current, now);
    }

    /// <summary>Branches that begin at the same time.</summary>
    public void Parallel(params Action[] branches)
    {
        var (begin, latest) = (_now, _now);
        foreach (var branch in branches)
        {
            _now = begin;
            branch();
            latest = Math.Max(latest, _now);
        }

        _now = latest;
    }

    /// <summary>The server's side of a request.</summary>
    public void Serve(string service, string operation, Action body) => In(service, operation, SpanKind.Server, span =>
    {
        AddHttp(span, operation);
        span.Attributes.Add("http.route", operation[(operation.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        body();
        span.Attributes.Add("http.response.status_code", AttributeValue.From(span.FailedAtMicros is null ? 200 : 502L));
    });

    /// <summary>A call from the present service to another one.</summary>
    public void Call(string service, string operation, Action body) => In(_current!.Service, operation[..operation.IndexOf(' ', StringComparison.Ordinal)], SpanKind.Client, span =>
    {
        AddHttp(span, operation);
        span.Attributes.Add("server.address", service);
        span.Attributes.Add("server.port", AttributeValue.From(8080));
        Work(100, 900);
        Serve(service, operation, body);
        Work(100, 900);
        span.Attributes.Add("http.response.status_code", AttributeValue.From(span.FailedAtMicros is null ? 200 : 502L));
    });

    /// <summary>A call to somebody who sends no spans.</summary>
    public void CallOutside(string host, string operation, Action body) => In(_current!.Service, operation[..operation.IndexOf(' ', StringComparison.Ordinal)], SpanKind.Client, span =>
    {
        AddHttp(span, operation);
        span.Attributes.Add("server.address", host);
        span.Attributes.Add("server.port", AttributeValue.From(443));
        Work(8_000, 60_000);
        body();
    });

    /// <summary>A query.</summary>
    public void Query(string database, string verb, string table, int lowMicros = 400, int highMicros = 6_000) => In(_current!.Service, $"{verb} {table}", SpanKind.Client, span =>
    {
        span.Attributes.Add("db.system.name", "postgresql");
        span.Attributes.Add("db.namespace", database);
        span.Attributes.Add("db.operation.name", verb);
        span.Attributes.Add("db.query.text", verb == "INSERT" ? $"INSERT INTO {table} VALUES ($1, $2, $3)" : $"SELECT * FROM {table} WHERE id = $1");
        span.Attributes.Add("server.address", database);
        Work(lowMicros, highMicros);
    });

    /// <summary>A command to the key-value store.</summary>
    public void Redis(string command) => In(_current!.Service, command, SpanKind.Client, span =>
    {
        span.Attributes.Add("db.system.name", "redis");
        span.Attributes.Add("db.operation.name", command);
        span.Attributes.Add("server.address", "redis");
        Work(100, 1_200);
    });

    /// <summary>A step of the present service's own.</summary>
    public void Step(string name, int lowMicros, int highMicros) => In(_current!.Service, name, SpanKind.Internal, span =>
    {
        span.Attributes.Add("code.function.name", name);
        Work(lowMicros, highMicros);
    });

    private void AddHttp(DemoSpan span, string operation)
    {
        var (method, route) = (operation[..operation.IndexOf(' ', StringComparison.Ordinal)], operation[(operation.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        span.Attributes.Add("http.request.method", method);
        span.Attributes.Add("url.path", route.Replace("{id}", random.Next(1000, 9999).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        span.Attributes.Add("network.protocol.version", "1.1");
    }
}
