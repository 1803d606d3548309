using Tppo.TestKit;

namespace Tppo.EndToEnd.Tests;

/// <summary>Whole commands with a real, small language model as judge: a process beside them.</summary>
public sealed class GgufJudgeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tppo-gguf-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void One_response_is_labelled_and_printed_word_by_word()
    {
        RequireModel();
        var result = TppoProcess.Run(
            "label", "--history", "cheap flights", "hotel rome", "--response", "flights to rome, zebra", "--judge", "gguf",
            "--judge-model", ModelFiles.SmallChat);
        Assert.True(result.Code == 0, result.Error);
        Assert.Matches(@"words   flights:[12]  to:[12]  rome:[12]  zebra:[12]", result.Output);
        Assert.Matches(@"whole   (ir)?relevant:[12]", result.Output);
        Assert.Matches(@"ok; \d+ tokens sent, \d+ received", result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void Its_server_dies_again_and_again_and_every_answer_is_the_same()
    {
        RequireModel();
        var file = Path.Combine(folder, "responses.jsonl");
        File.WriteAllLines(file, Enumerable.Range(0, 12).Select(i =>
            $$"""{"history":["cheap flights {{i}}","hotel rome"],"response":"flights {{i}}, rome hotel"}"""));
        string[] label = ["label", "--rollouts", file, "--judge", "gguf", "--judge-model", ModelFiles.SmallChat];
        var whole = TppoProcess.Run(label);
        Assert.True(whole.Code == 0, whole.Error);

        using var broken = TppoProcess.Start(label);
        var kills = 0;
        while (kills < 4 && !broken.HasExited)
        {
            Thread.Sleep(1500);
            if (Child(broken.Id) is not { } child) continue;
            using var server = System.Diagnostics.Process.GetProcessById(child);
            server.Kill();
            kills++;
        }

        var ended = TppoProcess.End(broken);
        Assert.True(ended.Code == 0, ended.Error);
        Assert.Equal(4, kills);
        Assert.Equal(4, ended.Error.Split("judge: its process ended with exit code 137").Length - 1);
        Assert.Equal(Labels(whole.Output), Labels(ended.Output));
        Assert.Equal(12, Labels(whole.Output).Count(l => l.Contains("words", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_file_that_is_no_model_ends_it_in_a_line()
    {
        var file = Path.Combine(folder, "model.gguf");
        File.WriteAllBytes(file, [.. "GGUF"u8, .. new byte[1000]]);
        var result = TppoProcess.Run("label", "--history", "a", "--response", "b", "--judge", "gguf", "--judge-model", file);
        Assert.Equal(2, result.Code);
        Assert.StartsWith("tppo: judge gguf-", result.Error, StringComparison.Ordinal);
        Assert.Contains("model.gguf", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, TppoProcess.Run("judge", "serve", "--model", file).Code);
        Assert.Equal(2, TppoProcess.Run("judge", "serve", "--model", "nowhere.gguf").Code);
    }

    private static void RequireModel() => Assert.SkipUnless(File.Exists(ModelFiles.SmallChat), ModelFiles.HowTo(ModelFiles.SmallChat));

    // Costs and times differ.
    private static string[] Labels(string output) => [.. output.Split('\n').Where(l => !l.Contains(" tokens sent", StringComparison.Ordinal))];

    // The process whose parent this is.
    private static int? Child(int parent) => Directory.EnumerateDirectories("/proc")
        .Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0).Where(id => id > 0 && id != parent)
        .Cast<int?>().FirstOrDefault(id => ParentOf(id!.Value) == parent);

    private static int ParentOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
