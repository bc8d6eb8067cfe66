using Pipeline.Shared.Model;

namespace Pipeline.AllInOne.Demo;

/// <summary>
/// A small shop: people look around, some buy. About one visit in 25 fails somewhere deep inside, about one in 30 waits for a slow query. Everything follows from the
/// source of randomness.
/// </summary>
internal sealed class DemoShop(Random random)
{
    private const string OrdersTopic = "orders";
    private const int NotificationBatch = 3;

    private readonly List<SpanLink> _toNotify = [];

    /// <summary>The traces of one visit that ends now: the visit itself, and what its messages begin.</summary>
    public IReadOnlyList<IReadOnlyList<Span>> Visit(DateTimeOffset now)
    {
        var trace = new DemoTrace(random);
        var followers = new List<DemoTrace>();
        switch (random.Next(10))
        {
            case < 3:
                ShowHome(trace);
                break;
            case < 6:
                ShowProduct(trace);
                break;
            case < 8:
                ShowCart(trace);
                break;
            default:
                Buy(trace, followers);
                break;
        }

        var traces = followers.Prepend(trace).ToList();
        var begin = (ulong)(now - DateTimeOffset.UnixEpoch).Ticks * 100 - (ulong)traces.Max(t => t.EndMicros) * 1000;
        return [.. traces.Select(t => (IReadOnlyList<Span>)[.. t.ToSpans(begin)])];
    }

    private bool Chance(double probability) => random.NextDouble() < probability;

    private void ShowHome(DemoTrace trace) => trace.Serve("storefront", "GET /", () => trace.Parallel(
        () => trace.Call("recommendation", "GET /api/recommendations", () =>
        {
            trace.Step("rank products", 2_000, 25_000);
            trace.Call("catalog", "GET /api/products", () => QueryCatalog(trace, "SELECT"));
        }),
        () => trace.Call("cart", "GET /api/cart/{id}", () => trace.Redis("HGETALL"))));

    private void ShowProduct(DemoTrace trace) => trace.Serve("storefront", "GET /products/{id}", () => trace.Parallel(
        () => trace.Call("catalog", "GET /api/products/{id}", () => QueryCatalog(trace, "SELECT")),
        () => trace.Call("inventory", "GET /api/stock/{id}", () =>
        {
            trace.Query("inventory-db", "SELECT", "stock");
            if (Chance(0.03))
                trace.Fail("org.postgresql.util.PSQLException", "canceling statement due to lock timeout", levels: random.Next(1, 4));
        })));

    private void ShowCart(DemoTrace trace) => trace.Serve("storefront", "GET /cart", () =>
        trace.Call("cart", "GET /api/cart/{id}", () =>
        {
            trace.Redis("HGETALL");
            trace.Call("catalog", "GET /api/products", () => QueryCatalog(trace, "SELECT"));
        }));

    private void QueryCatalog(DemoTrace trace, string verb)
    {
        // A query without an index, now and then.
        if (Chance(0.03))
            trace.Query("catalog-db", verb, "products", 1_500_000, 2_500_000);
        else
            trace.Query("catalog-db", verb, "products");
    }

    private void Buy(DemoTrace trace, List<DemoTrace> followers) => trace.Serve("storefront", "POST /checkout", () =>
        trace.Call("checkout", "POST /api/orders", () =>
        {
            trace.Call("cart", "GET /api/cart/{id}", () => trace.Redis("HGETALL"));
            trace.Step("calculate prices", 500, 4_000);
            trace.Call("inventory", "POST /api/reservations", () => trace.Query("inventory-db", "INSERT", "reservations"));
            if (!Pay(trace))
                return;
            trace.Query("orders-db", "INSERT", "orders");
            Publish(trace, followers);
            trace.Call("cart", "DELETE /api/cart/{id}", () => trace.Redis("DEL"));
        }));

    private bool Pay(DemoTrace trace)
    {
        var isDeclined = Chance(0.12);
        trace.Call("payment", "POST /api/payments", () =>
        {
            trace.Step("check for fraud", 1_000, 9_000);
            trace.CallOutside("api.bank.example", "POST /v2/charges", () =>
            {
                if (isDeclined)
                    trace.Fail("Payment.DeclinedException", "the bank declined the card: insufficient funds", levels: random.Next(3, 7));
            });
        });
        return !isDeclined;
    }

    // The order is shipped within the trace (the consumer's parent is the producer); accounting and notifications begin traces of their own that link to it.
    private void Publish(DemoTrace trace, List<DemoTrace> followers)
    {
        var producer = trace.In("checkout", OrdersTopic + " publish", SpanKind.Producer, span =>
        {
            AddMessaging(span, "publish");
            trace.Work(300, 2_500);
        });
        var link = new SpanLink { TraceId = trace.Id, SpanId = producer.Id };
        trace.After(producer, 10_000, 90_000, () => Ship(trace));
        followers.Add(Account(link, producer.EndMicros + random.Next(5_000, 80_000)));
        _toNotify.Add(link);
        if (_toNotify.Count >= NotificationBatch)
            followers.Add(Notify(producer.EndMicros + random.Next(5_000, 200_000)));
    }

    private static void Ship(DemoTrace trace) => trace.In("shipping", OrdersTopic + " process", SpanKind.Consumer, consumer =>
    {
        AddMessaging(consumer, "process");
        trace.CallOutside("api.carrier.example", "POST /labels", () => { });
    });

    private DemoTrace Account(SpanLink order, long atMicros)
    {
        var trace = new DemoTrace(random, atMicros);
        trace.In("accounting", OrdersTopic + " process", SpanKind.Consumer, consumer =>
        {
            AddMessaging(consumer, "process");
            consumer.Links.Add(order);
            trace.Query("accounting-db", "INSERT", "bookings");
        });
        return trace;
    }

    private DemoTrace Notify(long atMicros)
    {
        var trace = new DemoTrace(random, atMicros);
        trace.In("notifications", OrdersTopic + " process", SpanKind.Consumer, consumer =>
        {
            AddMessaging(consumer, "process");
            consumer.Attributes.Add("messaging.batch.message_count", AttributeValue.From(_toNotify.Count));
            consumer.Links.AddRange(_toNotify);
            trace.Step("render mails", 1_000, 12_000);
        });
        _toNotify.Clear();
        return trace;
    }

    private static void AddMessaging(DemoSpan span, string operation)
    {
        span.Attributes.Add("messaging.system", "kafka");
        span.Attributes.Add("messaging.destination.name", OrdersTopic);
        span.Attributes.Add("messaging.operation.type", operation == "publish" ? "send" : operation);
        span.Attributes.Add("messaging.operation.name", operation);
    }
}
