using Pipeline.Shared.Model;
using Pipeline.TestKit;

namespace Pipeline.Query.Tests.Pages;

/// <summary>Traces of a small shop, recent enough for a search to find them.</summary>
internal static class Shop
{
    /// <summary>A span's name that would run a script if it ever became markup.</summary>
    public const string Hostile = "<img src=x onerror=\"window.hacked=true\"><script>window.hacked=true</script>";

    /// <summary>Forty checkouts of different lengths, every fifth of which fails at the payment, and one hostile trace.</summary>
    public static MemoryStore Store(DateTimeOffset now)
    {
        var store = new MemoryStore();
        for (var i = 0; i < 40; i++)
            store.With(Checkout(i, now.AddSeconds(-20 - i * 70), 1 + i * 7 % 11 * 0.4, i % 5 == 0));
        store.With([.. Odd(now.AddMinutes(-3))]);
        store.Dependencies.AddRange([
            new("user", "frontend", 41200), new("frontend", "checkout", 9120), new("frontend", "catalog", 31000), new("checkout", "cart", 9100), new("checkout", "payment", 8950),
            new("checkout", "orders-queue", 7800), new("orders-queue", "shipping", 7790), new("cart", "redis", 18200), new("catalog", "postgres", 30500), new("payment", "bank.example.com", 8950),
            new("shipping", "postgres", 7790), new("shipping", "email", 7700), new("email", "frontend", 12), new("catalog", "catalog", 420),
        ]);
        store.Operations.AddRange([new("POST /checkout", SpanKind.Server), new("GET /cart", SpanKind.Server)]);
        return store;
    }

    /// <summary>One trace of many spans: a root with a chain and a fan below it.</summary>
    public static Span[] Large(DateTimeOffset start, int spanCount)
    {
        var spans = new Span[spanCount];
        spans[0] = At(A.Span(trace: 900, span: 1, service: "batch", name: "import"), start, 0, 20_000);
        for (var i = 1; i < spanCount; i++)
            spans[i] = At(A.Span(trace: 900, span: i + 1, parent: i < 200 ? i : 1 + i % 200, service: "worker-" + i % 7, name: "step " + i, kind: SpanKind.Internal), start, i * 1.9, 20);
        return spans;
    }

    private static Span[] Checkout(int i, DateTimeOffset start, double slow, bool fails)
    {
        var (trace, first) = (100 + i, i * 100);
        Span Make(int n, int parent, string service, string name, SpanKind kind, double at, double length) =>
            At(A.Span(trace: trace, span: first + n, parent: parent == 0 ? 0 : first + parent, service: service, name: name, kind: kind), start, at * slow, length * slow);
        var payment = Make(9, 8, "payment", "POST /charge", SpanKind.Server, 112, 160);
        if (fails)
            payment = payment.WithError("card declined") with { Events = [Exception(payment.StartTimeUnixNano + 90_000_000)] };
        return
        [
            Make(1, 0, "frontend", "POST /checkout", SpanKind.Server, 0, 420) with { Attributes = Http("POST", "/checkout", fails ? 502 : 200), Status = fails ? new SpanStatus(SpanStatusCode.Error, "") : SpanStatus.Unset },
            Make(2, 1, "frontend", "checkout.Checkout/Place", SpanKind.Client, 6, 400),
            Make(3, 2, "checkout", "checkout.Checkout/Place", SpanKind.Server, 10, 390),
            Make(4, 3, "checkout", "GET /cart", SpanKind.Client, 14, 60),
            Make(5, 4, "cart", "GET /cart", SpanKind.Server, 18, 50),
            Make(6, 5, "cart", "HGETALL cart", SpanKind.Client, 24, 9) with { Attributes = new AttributeList { { "db.system.name", "redis" }, { "db.query.text", "HGETALL cart:4711" } } },
            Make(7, 5, "cart", "price items", SpanKind.Internal, 35, 30),
            Make(8, 3, "checkout", "POST /charge", SpanKind.Client, 106, 172),
            payment,
            Make(10, 3, "checkout", "orders send", SpanKind.Producer, 290, 12),
            Make(11, 10, "shipping", "orders process", SpanKind.Consumer, 330, 140) with { Links = [new SpanLink { TraceId = A.TraceId(7), SpanId = A.SpanId(8) }] },
            Make(12, 11, "shipping", "INSERT shipments", SpanKind.Client, 350, 60),
        ];
    }

    private static IEnumerable<Span> Odd(DateTimeOffset start)
    {
        yield return At(A.Span(trace: 800, span: 8001, service: "odd", name: Hostile), start, 0, 50) with { Attributes = new AttributeList { { Hostile, Hostile }, { "url.full", "javascript:window.hacked=true" } } };
        yield return At(A.Span(trace: 800, span: 8002, parent: 8001, service: Hostile, name: "skewed"), start, -30, 20);
        yield return At(A.Span(trace: 800, span: 8003, parent: 8999, service: "odd", name: "lost its parent"), start, 20, 20);
    }

    private static Span At(Span span, DateTimeOffset start, double atMs, double lengthMs)
    {
        var from = (ulong)((start - DateTimeOffset.UnixEpoch).Ticks * 100) + (ulong)(long)(atMs * 1e6);
        return span with { StartTimeUnixNano = from, EndTimeUnixNano = from + (ulong)(lengthMs * 1e6) };
    }

    private static AttributeList Http(string method, string route, long status) => new()
    {
        { "http.request.method", method }, { "http.route", route }, { "http.response.status_code", AttributeValue.From(status) }, { "url.full", "https://shop.example.com" + route },
        { "user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36" },
    };

    private static SpanEvent Exception(ulong time) => new()
    {
        TimeUnixNano = time,
        Name = "exception",
        Attributes = new AttributeList { { "exception.type", "CardDeclined" }, { "exception.message", "card declined: 51 insufficient funds" }, { "exception.stacktrace", "CardDeclined: card declined\n  at charge (payment.js:42:11)\n  at handle (server.js:17:3)" } },
    };
}
