using Tppo.Core;
using Tppo.Core.Settings;
using Tppo.Facts.Runs;

namespace Tppo.Facts.Tests;

public sealed class RunFolderTests : IDisposable
{
    private readonly string parent = Directory.CreateTempSubdirectory("tppo-run-").FullName;

    public void Dispose() => Directory.Delete(parent, recursive: true);

    [Fact]
    public void A_new_folder_is_taken_with_its_settings_and_the_same_run_may_come_back()
    {
        var folder = new RunFolder(Path.Combine(parent, "a"));
        Assert.Null(folder.ReadSettings());
        var settings = new RunSettings { Seed = 3 };
        folder.Claim(settings);
        Assert.Equal(settings, folder.ReadSettings());
        folder.Claim(settings with { Input = settings.Input with { Path = "elsewhere" } });
        Assert.Equal(settings, folder.ReadSettings());
        Assert.Equal([folder.RunJson], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Other_settings_are_refused_by_one_line_that_names_what_differs()
    {
        var folder = new RunFolder(Path.Combine(parent, "a"));
        folder.Claim(new RunSettings { Seed = 3 });
        var before = File.ReadAllText(folder.RunJson);
        var error = Assert.Throws<UserException>(() => folder.Claim(new RunSettings { Seed = 4, Threads = 1 }));
        Assert.Equal(
            $"{folder.Path}: holds a run with other settings: seed: expected 3, found 4 (and 1 more: threads); give another --data folder", error.Message);
        Assert.Equal(before, File.ReadAllText(folder.RunJson));
    }

    [Theory]
    [InlineData("{ \"seedling\": 1 }", "seedling")]
    [InlineData("{ \"seed\": ", "run.json")]
    public void Settings_that_cannot_be_read_are_the_users_to_put_right(string json, string named)
    {
        var folder = new RunFolder(parent);
        File.WriteAllText(folder.RunJson, json);
        var error = Assert.Throws<UserException>(folder.ReadSettings);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder.RunJson, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_file_is_written_whole_over_what_was_there()
    {
        var file = Path.Combine(parent, "f");
        RunFolder.WriteWhole(file, "a longer text than the next");
        RunFolder.WriteWhole(file, "short é");
        Assert.Equal("short é", File.ReadAllText(file));
        Assert.Single(Directory.GetFiles(parent));
    }
}
