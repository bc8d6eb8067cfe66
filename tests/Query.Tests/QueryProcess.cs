using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Storage;

namespace Pipeline.Query.Tests;

/// <summary>A whole query process on free ports, over a given store.</summary>
internal sealed class QueryProcess : IAsyncDisposable
{
    private readonly WebApplication _app;

    private QueryProcess(WebApplication app) => _app = app;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Where it listens; the admin port comes first, the query port second.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    public static async Task<QueryProcess> StartAsync(ITraceReader store, Dictionary<string, string?>? settings = null, TimeProvider? time = null)
    {
        var defaults = new Dictionary<string, string?> { ["Admin:Port"] = "0", ["Query:Port"] = "0" };
        var process = new QueryProcess(PipelineHost.Build(new PipelineProcess
        {
            Name = "query",
            Description = "under test",
            AddStages = builder =>
            {
                builder.Services.AddSingleton(store);
                if (time is not null)
                    builder.Services.AddSingleton(time);
                builder.Services.AddQuery();
            },
            MapEndpoints = app => app.MapQuery(),
        }, new ConfigurationBuilder().AddInMemoryCollection(defaults).AddInMemoryCollection(settings ?? []).Build()));
        await process._app.StartAsync();
        var addresses = process._app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        process.Addresses = [.. addresses.Select(a => new Uri(a))];
        process.Client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = process.Addresses[^1] };
        return process;
    }

    /// <summary>The answer's JSON; fails on another status.</summary>
    public async Task<JsonNode> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await Client.GetAsync(path);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{path} was answered with {(int)response.StatusCode}: {body}");
        return JsonNode.Parse(body)!;
    }

    /// <summary>The message of an error, whose form is checked.</summary>
    public async Task<string> GetErrorAsync(string path, HttpStatusCode expected = HttpStatusCode.BadRequest)
    {
        var answer = await GetAsync(path, expected);
        Assert.Null(answer["data"]);
        var error = Assert.Single(answer["errors"]!.AsArray())!;
        Assert.Equal((int)expected, (int)error["code"]!);
        return (string)error["msg"]!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
