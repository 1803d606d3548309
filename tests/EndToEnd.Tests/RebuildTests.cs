using Tppo.TestKit;

namespace Tppo.EndToEnd.Tests;

public sealed class RebuildTests(UnbrokenRun unbroken)
{
    [Fact]
    public void A_rebuild_makes_every_checkpoint_again_with_equal_hashes_and_writes_nothing_to_the_log()
    {
        var folder = Copy(unbroken.Folder, unbroken.NewFolder());
        // What training left is not there to lean on.
        Directory.Delete(Path.Combine(folder, "checkpoints"), recursive: true);

        var first = TppoProcess.Run("rebuild", "--data", folder);
        AssertAllEqual(first);
        Assert.Contains(unbroken.Checkpoint, Unwrapped(first), StringComparison.Ordinal);
        unbroken.AssertSameRecords(folder);

        var newest = Path.Combine(folder, "rebuilt", UnbrokenRun.NewestPolicy(unbroken.Folder).Checkpoint);
        Directory.Delete(newest, recursive: true);
        var goneOn = TppoProcess.Run("rebuild", "--data", folder);
        AssertAllEqual(goneOn);
        Assert.True(Directory.Exists(newest));

        Directory.Delete(Path.Combine(folder, "rebuilt"), recursive: true);
        AssertAllEqual(TppoProcess.Run("rebuild", "policy", "--data", folder));
    }

    [Fact]
    public void A_rebuild_of_a_model_that_is_not_there_says_which_are()
    {
        var result = TppoProcess.Run("rebuild", "policy.7", "--data", unbroken.Folder);
        Assert.Equal(2, result.Code);
        Assert.Contains("policy.7", result.Error, StringComparison.Ordinal);
    }

    private static void AssertAllEqual(CommandResult result)
    {
        Assert.True(result.Code == 0, result.Error + result.Output);
        Assert.DoesNotContain("differs", result.Output, StringComparison.Ordinal);
        Assert.Contains("equal    policy 0", result.Output, StringComparison.Ordinal);
        Assert.Contains("equal    reward 0", result.Output, StringComparison.Ordinal);
        Assert.Contains("equal    critic 0", result.Output, StringComparison.Ordinal);
    }

    // A hash may be broken over two lines where the terminal is narrow.
    private static string Unwrapped(CommandResult result) => result.Output.Replace("\n", "", StringComparison.Ordinal);

    private static string Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return to;
    }
}
