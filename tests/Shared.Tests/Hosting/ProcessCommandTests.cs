using Pipeline.Shared.Hosting;
using Xunit;

namespace Pipeline.Shared.Tests.Hosting;

public sealed class ProcessCommandTests
{
    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        var file = Write("""{ "A": { "File": "file", "Environment": "file", "Line": "file" } }""");
        Environment.SetEnvironmentVariable("PIPELINE_A__Environment", "environment");
        Environment.SetEnvironmentVariable("PIPELINE_A__Line", "environment");
        try
        {
            var settings = new ProcessCommand(ProcessAction.Run, file, "none.json",
                new Dictionary<string, string?> { ["A:Line"] = "line" }).ReadSettings();
            Assert.Equal(["file", "environment", "line"], [settings["A:File"], settings["A:Environment"], settings["A:Line"]]);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PIPELINE_A__Environment", null);
            Environment.SetEnvironmentVariable("PIPELINE_A__Line", null);
            File.Delete(file);
        }
    }

    [Fact]
    public void Variables_without_a_section_are_for_tools_and_not_settings()
    {
        Environment.SetEnvironmentVariable("PIPELINE_SOMETHING", "x");
        try
        {
            var settings = new ProcessCommand(ProcessAction.Run, null, "none.json", new Dictionary<string, string?>()).ReadSettings();
            Assert.Null(settings["SOMETHING"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PIPELINE_SOMETHING", null);
        }
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<ConfigurationException>(() => Command("/nowhere/x.json").ReadSettings());
        Assert.Equal("--config: there is no file /nowhere/x.json.", Assert.Single(error.Errors));
    }

    [Fact]
    public void A_file_that_is_not_JSON_is_named_with_the_place()
    {
        var file = Write("{ \"A\": ");
        var error = Assert.Throws<ConfigurationException>(() => Command(file).ReadSettings());
        Assert.StartsWith(file + ": ", Assert.Single(error.Errors), StringComparison.Ordinal);
        File.Delete(file);
    }

    private static ProcessCommand Command(string file) => new(ProcessAction.Run, file, "none.json", new Dictionary<string, string?>());

    private static string Write(string json)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, json);
        return file;
    }
}
