using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Shared.Storage;
using Pipeline.Shared.Storage.Elasticsearch;
using Pipeline.Shared.Storage.Sqlite;
using Xunit;

namespace Pipeline.Shared.Tests.Storage;

public sealed class StoreRegistrationTests
{
    [Theory]
    [InlineData(null, typeof(SqliteTraceWriter), typeof(SqliteTraceReader))]
    [InlineData("Sqlite", typeof(SqliteTraceWriter), typeof(SqliteTraceReader))]
    [InlineData("Elasticsearch", typeof(ElasticsearchTraceWriter), typeof(ElasticsearchTraceReader))]
    public void The_configuration_chooses_the_store(string? kind, Type writer, Type reader)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Store:Kind"] = kind }).Build();
        using var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddTraceStore().BuildServiceProvider();

        Assert.IsType(writer, services.GetRequiredService<ITraceWriter>());
        Assert.IsType(reader, services.GetRequiredService<ITraceReader>());
    }
}
