using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Pipeline.Shared.Messaging;

namespace Pipeline.Shared.Hosting;

/// <summary>
/// Runs one process of the pipeline from its command line: <c>--config FILE</c>, <c>--set Path:To:Setting=value</c>, <c>--validate</c>, the subcommand <c>topics</c>,
/// and the process's own switches. Settings come from the file, then from environment variables that begin with <c>PIPELINE_</c> (<c>__</c> between the
/// parts), then from the command line; the last one wins.
/// Exit codes: 0 a clean end, 1 a stage failed, 2 wrong use or a bad configuration (every error is printed, each with the path of its setting).
/// </summary>
public static class PipelineHost
{
    private const int Failed = 1;
    private const int WrongUse = 2;

    /// <summary>Parses the command line and runs what it asks for.</summary>
    public static async Task<int> RunAsync(string[] args, PipelineProcess process)
    {
        var line = new ProcessCommandLine(process);
        var exit = await line.InvokeAsync(args, (command, cancellation) => ExecuteAsync(process, command, cancellation));
        return exit;
    }

    /// <summary>
    /// Builds the process's application from its settings without running it; throws <see cref="ConfigurationException"/> that names every bad setting. For hosts
    /// that run the application themselves, tests among them.
    /// </summary>
    public static WebApplication Build(PipelineProcess process, IConfiguration settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
        ((IConfigurationBuilder)builder.Configuration).Sources.Clear();
        builder.Configuration.AddConfiguration(settings);
        builder.AddPipelineDefaults();
        process.AddStages(builder);
        var errors = builder.Services.TakeOutWrongSettings(builder.Configuration).ToList();
        errors.AddRange(FindInvalidOptions(builder.Services));
        if (errors.Count > 0)
            throw new ConfigurationException(errors);
        var app = builder.Build();
        app.MapAdmin();
        process.MapEndpoints(app);
        app.Lifetime.ApplicationStarted.Register(() => process.OnListening(app));
        return app;
    }

    private static async Task<int> ExecuteAsync(PipelineProcess process, ProcessCommand command, CancellationToken cancellation)
    {
        try
        {
            await using var app = Build(process, command.ReadSettings());
            return command.Action switch
            {
                ProcessAction.Validate => await ReportValidAsync(command),
                ProcessAction.CreateTopics => await CreateTopicsAsync(app.Services, cancellation),
                _ => await RunAsync(app, cancellation),
            };
        }
        catch (ConfigurationException exception)
        {
            foreach (var error in exception.Errors)
                await Console.Error.WriteLineAsync(error);
            return WrongUse;
        }
    }

    private static async Task<int> RunAsync(WebApplication app, CancellationToken cancellation)
    {
        var health = app.Services.GetRequiredService<StageHealth>();
        try
        {
            await app.RunAsync(cancellation);
        }
        catch (Exception exception) when (IsCancelled(exception) && app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Asked to stop before it had started: nothing to finish. Later: the stages did not finish in time.
            if (app.Lifetime.ApplicationStarted.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"The stop took longer than Admin:DrainTimeout ({app.Services.GetRequiredService<IOptions<AdminOptions>>().Value.DrainTimeout}).");
                return Failed;
            }
        }

        return health.HasFailed ? Failed : 0;
    }

    private static bool IsCancelled(Exception exception) => exception is OperationCanceledException
        || (exception is AggregateException several && several.InnerExceptions.All(IsCancelled));

    private static async Task<int> ReportValidAsync(ProcessCommand command)
    {
        await Console.Out.WriteLineAsync($"{command.ConfigFile ?? "The default configuration"} is valid.");
        return 0;
    }

    private static async Task<int> CreateTopicsAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var options = services.GetRequiredService<IOptions<TopicsOptions>>().Value;
        var log = services.GetService<IRecordLog>() ?? throw new ConfigurationException(["This process has no record log to create topics in."]);
        try
        {
            await log.CreateTopicsAsync(Topics.All(options.PartitionCount, options.LateHorizon), cancellation);
            var differences = await TopicVerification.FindDifferencesAsync(log, options, cancellation);
            // Brokers tell of new topics one after another: what is not there yet may be in a moment.
            for (var attempt = 0; attempt < 20 && differences.Any(d => d.IsFatal); attempt++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellation);
                differences = await TopicVerification.FindDifferencesAsync(log, options, cancellation);
            }

            foreach (var difference in differences)
                await Console.Error.WriteLineAsync(difference.Description);
            await Console.Out.WriteLineAsync($"The topics of the pipeline are there ({options.PartitionCount} span partitions).");
            return differences.Any(d => d.IsFatal) ? Failed : 0;
        }
        catch (LogUnavailableException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Failed;
        }
    }

    // Building the application builds Kestrel, whose endpoints come from options: the first bad one would end it, with only its own errors. So the options are validated
    // before, in a container of their own; disposing of it would dispose of the configuration, which the application goes on using.
    private static IEnumerable<string> FindInvalidOptions(IServiceCollection services)
    {
        try
        {
            services.BuildServiceProvider().GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return exception.Failures;
        }
        catch (AggregateException exception) when (exception.InnerExceptions.All(e => e is OptionsValidationException))
        {
            return exception.InnerExceptions.Cast<OptionsValidationException>().SelectMany(e => e.Failures);
        }
    }
}
