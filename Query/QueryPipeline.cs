using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Pipeline.Query.Dependencies;
using Pipeline.Query.Diagnostics;
using Pipeline.Query.Search;
using Pipeline.Query.Serve;
using Pipeline.Query.Traces;
using Pipeline.Shared.Hosting;

namespace Pipeline.Query;

/// <summary>
/// The query process, in the order of what happens to a request:
/// <list type="number">
/// <item>parse: <see cref="RequestParameters"/> and <see cref="TraceQueryParser"/> read the query string and name what is wrong with it.</item>
/// <item>read: the endpoints ask the store (<see cref="Shared.Storage.ITraceReader"/>), within a time limit that <see cref="EndpointRunner"/> holds.</item>
/// <item>shape: <see cref="TraceAdjuster"/> makes a stored trace fit to be looked at, unless the raw one is asked for.</item>
/// <item>serve: <see cref="JaegerTraceWriter"/> writes it in the form of Jaeger's HTTP JSON API, into the envelope of <see cref="JsonAnswer"/>;
/// <see cref="WebPages"/> serves the web pages, which live on that API.</item>
/// </list>
/// </summary>
public static class QueryPipeline
{
    /// <summary>Adds the stages. The host provides the store.</summary>
    public static IServiceCollection AddQuery(this IServiceCollection services)
    {
        services.AddPipelineOptions<QueryOptions, QueryOptionsValidator>("Query");
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<QueryMetrics>();
        services.AddSingleton<QueryEvents>();
        services.AddSingleton<EndpointRunner>();
        services.AddSingleton<TraceAdjuster>();
        services.AddSingleton<SearchEndpoints>();
        services.AddSingleton<TraceEndpoints>();
        services.AddSingleton<DependencyEndpoints>();
        services.AddSingleton<WebPages>();
        services.AddLocalPorts();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<QueryOptions>>((kestrel, query) =>
            kestrel.Listen(IPAddress.Parse(query.Value.Address), query.Value.Port));
        return services;
    }

    /// <summary>Maps API and pages, to their own port.</summary>
    public static void MapQuery(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var options = services.GetRequiredService<IOptions<QueryOptions>>().Value;
        var group = endpoints.MapGroup(options.PathPrefix).RequireLocalPort(options.Port);
        services.GetRequiredService<SearchEndpoints>().Map(group);
        services.GetRequiredService<TraceEndpoints>().Map(group);
        services.GetRequiredService<DependencyEndpoints>().Map(group);
        services.GetRequiredService<WebPages>().Map(group);
        services.GetService<StageHealth>()?.ReportReady("query");
    }
}
