using System.Text.Json;
using Tppo.TestKit;

namespace Tppo.Cli.Tests;

public sealed class ModelsCommandTests
{
    private static readonly string Models = Path.Combine(WorkingTree.Root, "tests/Learning.Tests/Data");

    [Fact]
    public void A_folder_is_shown_by_its_headers_and_so_are_adapters_and_what_they_stand_on()
    {
        var plain = TppoProcess.Run("models", "show", Path.Combine(Models, "llama3-rope-bf16"));
        Assert.True(plain.Code == 0, plain.Error);
        Assert.Contains("of BF16", plain.Output, StringComparison.Ordinal);
        Assert.Contains("tied to the head", plain.Output, StringComparison.Ordinal);
        var adapters = TppoProcess.Run("models", "show", Path.Combine(Models, "llama-gqa-lora"));
        Assert.True(adapters.Code == 0, adapters.Error);
        Assert.Contains($"on          {Path.Combine(Models, "llama-gqa")}", adapters.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_is_exported_merged_or_alone_and_never_over_anything()
    {
        using var folder = new TempFolder();
        var (whole, alone) = (Path.Combine(folder.Path, "whole"), Path.Combine(folder.Path, "alone"));
        var source = Path.Combine(Models, "llama-gqa-lora");
        Assert.Equal(0, TppoProcess.Run("models", "export", source, "--to", whole).Code);
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(whole).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.Equal(0, TppoProcess.Run("models", "export", source, "--to", alone, "--format", "peft").Code);
        Assert.True(File.Exists(Path.Combine(alone, "adapter_model.safetensors")));
        var logits = new[] { source, whole, alone }.Select(f => TppoProcess.Run("inspect", "logits", "--model", f, "--tokens", "5,6").Output).ToArray();
        Assert.Equal(logits[0], logits[2]);
        Assert.NotEqual("", logits[1]);

        Refused("expected a folder that is not there, or is empty", "models", "export", source, "--to", whole);
        Refused("nonsense: expected a folder", "models", "show", "nonsense");
        var lost = Path.Combine(folder.Path, "lost");
        Directory.CreateDirectory(lost);
        const string config = """{"peft_type": "LORA", "base_model_name_or_path": "gone", "target_modules": ["q_proj"]}""";
        File.WriteAllText(Path.Combine(lost, "adapter_config.json"), config);
        Refused("base_model_name_or_path", "models", "export", lost, "--to", Path.Combine(folder.Path, "nothing"));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path, "nothing*"));
        Refused("expected adapters, found whole weights", "models", "export", whole, "--to", Path.Combine(folder.Path, "none"), "--format", "peft");
        Refused(folder.Path, "models", "show", "policy", "--data", folder.Path);
    }

    [Fact]
    [Trait(Suite.Trait, Suite.Long)]
    public void A_runs_checkpoints_are_listed_shown_and_exported_by_name()
    {
        using var folder = new TempFolder();
        var data = folder.At("run");
        Assert.Equal(0, TppoProcess.Run("demo", "--size", "tiny", "--data", data).Code);
        var list = TppoProcess.Run("models", "list", "--data", data);
        Assert.True(list.Code == 0, list.Error);
        var rows = list.Output.TrimEnd().Split('\n').Select(line => line.Split('\t')).ToArray();
        Assert.Equal("model", rows[0][0]);
        Assert.Equal(["policy", "reward", "critic", "policy"], rows[1..].Select(r => r[0]).Take(4));
        Assert.All(rows[1..], r => Assert.True(Directory.Exists(r[^1]), r[^1]));
        var shown = TppoProcess.Run("models", "show", "reward", "--data", data);
        Assert.True(shown.Code == 0, shown.Error);
        Assert.Contains("a category of each token", shown.Output, StringComparison.Ordinal);
        var to = Path.Combine(folder.Path, "export");
        var exported = TppoProcess.Run("models", "export", "policy/0", "--data", data, "--to", to);
        Assert.True(exported.Code == 0, exported.Error);
        Assert.Equal(File.ReadAllBytes(Path.Combine(rows[1][^1], "model.safetensors")), File.ReadAllBytes(Path.Combine(to, "model.safetensors")));
        Refused("found neither", "models", "show", "policy/7", "--data", data);

        using var record = JsonDocument.Parse(TppoProcess.Run("topics", "tail", "windows.v1", "--data", data, "--count", "1").Output);
        var user = record.RootElement.GetProperty("key").GetString()!;
        var generated = TppoProcess.Run("generate", "--data", data, "--user", user, "--samples", "2");
        Assert.True(generated.Code == 0, generated.Error);
        Assert.Equal(2, generated.Output.TrimEnd('\n').Split('\n').Length);
        Refused("found nobody", "generate", "--data", data, "--user", "nobody");
    }

    private static void Refused(string told, params string[] arguments)
    {
        var result = TppoProcess.Run(arguments);
        Assert.Equal(2, result.Code);
        Assert.Contains(told, Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }
}
