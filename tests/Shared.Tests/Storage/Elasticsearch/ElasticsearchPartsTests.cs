using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Pipeline.Shared.Storage;
using Pipeline.Shared.Storage.Elasticsearch;
using Pipeline.TestKit.Storage;
using Xunit;

namespace Pipeline.Shared.Tests.Storage.Elasticsearch;

public sealed class ElasticsearchPartsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, "Stored")]
    [InlineData(201, "Stored")]
    [InlineData(409, "Repeated")]
    [InlineData(429, "Retry")]
    [InlineData(500, "Retry")]
    [InlineData(503, "Retry")]
    [InlineData(403, "Retry")]
    [InlineData(404, "Retry")]
    [InlineData(0, "Retry")]
    [InlineData(400, "Refused")]
    [InlineData(413, "Refused")]
    public void An_item_is_decided_by_its_status(int status, string decision) => Assert.Equal(decision, BulkVerdict.OfItem(status).ToString());

    [Theory]
    [InlineData(200, "ReadItems")]
    [InlineData(413, "Halve")]
    [InlineData(400, "Retry")]
    [InlineData(429, "Retry")]
    [InlineData(503, "Retry")]
    public void A_request_is_decided_by_its_status(int status, string decision) => Assert.Equal(decision, BulkVerdict.OfRequest(status).ToString());

    [Fact]
    public void Outcomes_are_read_in_order()
    {
        var outcomes = BulkResponseReader.Read("""
            {"took":3,"ingest_took":0,"errors":true,"items":[
             {"create":{"_index":"a","_id":"1","_type":"_doc","_shards":{"total":2,"successful":1,"failed":0},"status":201}},
             {"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse","caused_by":{"type":"illegal_argument_exception","reason":"too long"}}}},
             {"index":{"status":409,"error":"old text"}}]}
            """u8);

        Assert.Equal([new(201, null), new(400, "mapper_parsing_exception: failed to parse (illegal_argument_exception: too long)"), new(409, "old text")], outcomes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"took":1}""")]
    [InlineData("""{"items":5}""")]
    [InlineData("""{"items":[{"create":{"status":201""")]
    public void What_is_no_bulk_answer_gives_none(string body) => Assert.Null(BulkResponseReader.Read(System.Text.Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Nodes_go_round_and_failed_ones_come_back_later()
    {
        var time = new FakeTimeProvider();
        var nodes = new[] { new Uri("http://a"), new Uri("http://b"), new Uri("http://c") };
        var pool = new NodePool(nodes, TimeSpan.FromSeconds(30), time);
        Assert.Equal<Uri>(nodes, new[] { pool.Next(), pool.Next(), pool.Next() });

        pool.Eject(nodes[1]);
        Assert.Equal([nodes[0], nodes[2], nodes[0], nodes[2]], [pool.Next(), pool.Next(), pool.Next(), pool.Next()]);
        time.Advance(TimeSpan.FromSeconds(10));
        pool.Eject(nodes[0]);
        pool.Eject(nodes[2]);
        Assert.Equal(nodes[1], pool.Next());
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(3, new HashSet<Uri> { pool.Next(), pool.Next(), pool.Next() }.Count);
    }

    [Theory]
    [InlineData("yyyy-MM-dd", true)]
    [InlineData("yyyy.MM.dd", true)]
    [InlineData("yyyy-MM-dd-HH", true)]
    [InlineData("yyyy-MM", false)]
    [InlineData("dd-MM-yyyy", false)]
    [InlineData("yyyyMMdd", false)]
    [InlineData("", false)]
    public void Layouts_are_checked(string layout, bool isGood) => Assert.Equal(isGood, IndexNames.IsLayout(layout));

    [Fact]
    public void Every_bad_setting_is_named()
    {
        var options = new ElasticsearchOptions
        {
            Nodes = ["ftp://x", "http://good"],
            UserName = "u",
            ApiKey = "k",
            CaFile = "/no/such/file",
            IndexPrefix = "Prod",
            DateLayout = "yyyy",
            ShardCount = 0,
            ReplicaCount = 11,
            TagKeyLimit = 5000,
            BulkBytes = 1,
            AttemptCount = 0,
            MaxDocCount = 100_000,
            RefreshInterval = TimeSpan.Zero,
            MaxSpanAge = TimeSpan.Zero,
            RetryDelay = TimeSpan.Zero,
            RequestTimeout = TimeSpan.Zero,
            ConnectTimeout = TimeSpan.Zero,
            NodeEjectionTime = TimeSpan.FromDays(1),
        };

        var failures = new ElasticsearchOptionsValidator().Validate(null, options).Failures!.ToList();

        Assert.Equal(18, failures.Count);
        Assert.All(failures, f => Assert.StartsWith("Elasticsearch:", f, StringComparison.Ordinal));
        Assert.True(new ElasticsearchOptionsValidator().Validate(null, new ElasticsearchOptions()).Succeeded);
    }

    [Theory]
    [InlineData("basic", "Basic dTpw")]
    [InlineData("key", "ApiKey abc")]
    [InlineData("bearer", "Bearer tok")]
    [InlineData("none", "")]
    public async Task Credentials_are_sent(string way, string expected)
    {
        await using var store = await StoreOverFake.StartAsync(o =>
        {
            (o.UserName, o.Password) = way == "basic" ? ("u", "p") : (null, null);
            o.ApiKey = way == "key" ? "abc" : null;
            o.BearerToken = way == "bearer" ? "tok" : null;
        });

        await store.Reader.GetServicesAsync(Cancellation);

        Assert.Equal(expected, store.Server.Requests[0].Authorization);
    }

    [Fact]
    public async Task A_server_is_trusted_by_the_CA_file_and_by_no_other()
    {
        using var folder = new Sqlite.TemporaryFolder();
        using var server = SelfSigned("localhost");
        using var other = SelfSigned("other");
        await File.WriteAllTextAsync(folder.File("ca.pem"), server.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(folder.File("other.pem"), other.ExportCertificatePem(), Cancellation);
        await using var fake = await FakeElasticsearch.StartAsync(server);
        var url = new UriBuilder(fake.Url) { Host = "localhost" }.ToString();

        Assert.Empty(await ServicesAsync(url, folder.File("ca.pem")));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ServicesAsync(url, folder.File("other.pem")));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ServicesAsync(url, null));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ServicesAsync(fake.Url.ToString(), folder.File("ca.pem")));
    }

    private static async Task<IReadOnlyList<string>> ServicesAsync(string url, string? caFile)
    {
        var options = Options.Create(new ElasticsearchOptions { Nodes = [url], CaFile = caFile });
        using var client = new ElasticsearchClient(options, TimeProvider.System);
        return await new ElasticsearchTraceReader(client, options).GetServicesAsync(Cancellation);
    }

    private static X509Certificate2 SelfSigned(string host)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var bare = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(bare.Export(X509ContentType.Pfx), null);
    }
}
