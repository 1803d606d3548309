using System.Security.Cryptography;
using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Windows;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Models;
using Tppo.TestKit;

namespace Tppo.Facts.Tests;

public sealed class ArtifactTests : IDisposable
{
    private readonly string root = Path.Combine(Directory.CreateTempSubdirectory("tppo-artifacts-").FullName, "checkpoints");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(root)!, recursive: true);

    [Fact]
    public void A_checkpoint_is_named_by_all_its_files_and_kept_once()
    {
        var store = new ArtifactStore(root);
        var stored = store.Add(Write("weights", "first"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("weights"u8)), stored.Weights);
        Assert.Equal(stored, store.Add(Write("weights", "first")));
        Assert.NotEqual(stored.Name, store.Add(Write("other weights", "first")).Name);
        Assert.Equal(2, Directory.GetDirectories(root).Length);

        // Two steps may leave equal weights and optimisers that differ: whoever goes on from one must not get the other's.
        var other = store.Add(Write("weights", "second"));
        Assert.Equal(stored.Weights, other.Weights);
        Assert.Equal("first", File.ReadAllText(Path.Combine(store.Folder(stored.Name), "training", "note")));
        Assert.Equal("second", File.ReadAllText(Path.Combine(store.Folder(other.Name), "training", "note")));
    }

    [Fact]
    public void The_list_of_files_is_one_that_sha256sum_checks_and_its_hash_is_the_name()
    {
        var store = new ArtifactStore(root);
        var stored = store.Add(Write("weights", "note"));
        var list = Path.Combine(store.Folder(stored.Name), CheckpointFiles.List);
        Assert.Equal(stored.Name, ArtifactStore.HashOf(list));
        Assert.Equal(
            $"{stored.Weights}  model.safetensors\n{Convert.ToHexStringLower(SHA256.HashData("note"u8))}  training/note\n", File.ReadAllText(list));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("training/note")]
    [InlineData("files.sha256")]
    public void A_file_that_is_changed_or_gone_is_named_and_what_is_added_again_replaces_it(string file)
    {
        var store = new ArtifactStore(root);
        var name = store.Add(Write("weights", "note")).Name;
        Assert.Null(store.Damage(name));
        var path = Path.Combine(store.Folder(name), file);
        foreach (var damage in new Action[] { () => Flip(path), () => File.WriteAllText(path, ""), () => File.Delete(path) })
        {
            damage();
            Assert.StartsWith($"{path}: expected ", store.Damage(name), StringComparison.Ordinal);
            Assert.False(store.HasIntact(name));
            store.Add(Write("weights", "note"));
            Assert.True(store.HasIntact(name));
        }

        Assert.Equal(3, Directory.GetDirectories(Path.Combine(root, "damaged")).Length);
        Directory.Delete(store.Folder(name), recursive: true);
        Assert.Equal($"{store.Folder(name)}: expected a checkpoint, found no such folder", store.Damage(name));
    }

    [Fact]
    public void A_checkpoint_of_before_that_is_named_by_its_weights_is_read_and_its_weights_are_checked()
    {
        var store = new ArtifactStore(root);
        var stored = store.Add(Write("weights", "note"));
        store.NameByWeights(stored);
        Assert.NotNull(store.Damage(stored.Name));
        Assert.Null(store.Damage(stored.Weights));
        Flip(Path.Combine(store.Folder(stored.Weights), CheckpointFiles.Weights));
        Assert.NotNull(store.Damage(stored.Weights));
    }

    [Fact]
    public void What_instruction_sets_were_in_force_is_noted_and_is_no_part_of_the_name()
    {
        var store = new ArtifactStore(root);
        var cut = new Cut(1, "policy", 0, -1, [], [], RecordHash.Digest([]), 9, "s", "0.1.0", 2, "", "");
        string[] names = [.. new[] { "here", "there" }.Select(numerics => store.Add(folder =>
        {
            File.WriteAllText(Path.Combine(folder, CheckpointFiles.Weights), "weights");
            LineageFile.Write(folder, 0, [cut], new Dictionary<string, string>(), numerics);
        }).Name)];
        Assert.Equal(names[0], names[1]);
        Assert.Equal("here\n", File.ReadAllText(CheckpointFiles.InTraining(store.Folder(names[0]), CheckpointFiles.Numerics)));
    }

    [Fact]
    public void A_writer_that_fails_leaves_a_draft_and_no_name_and_drafts_are_cleaned_up()
    {
        var store = new ArtifactStore(root);
        store.Prepare();
        Assert.Throws<InvalidDataException>(() => store.Add(folder =>
        {
            File.WriteAllText(Path.Combine(folder, CheckpointFiles.Weights), "half");
            throw new InvalidDataException("stopped half-way");
        }));
        Assert.StartsWith(".draft-", Path.GetFileName(Assert.Single(Directory.GetDirectories(root))), StringComparison.Ordinal);
        var kept = store.Add(Write("whole", "note"));
        store.Prepare();
        Assert.Equal([store.Folder(kept.Name)], Directory.GetDirectories(root));
    }

    [Fact]
    public void A_draft_of_a_former_life_does_not_leak_into_the_next_checkpoint()
    {
        var store = new ArtifactStore(root);
        Assert.Throws<InvalidDataException>(() => store.Add(folder =>
        {
            File.WriteAllText(Path.Combine(folder, "stray"), "");
            throw new InvalidDataException("stopped half-way");
        }));
        Assert.False(File.Exists(Path.Combine(store.Folder(store.Add(Write("w", "n")).Name), "stray")));
    }

    [Fact]
    public void Lineage_names_cuts_by_what_they_held_and_no_offsets()
    {
        string[] hashes = [RecordHash.Of("b", [1]), RecordHash.Of("a", [2])];
        var cut = new Cut(1, "policy", 4, 3, [new CutRange("windows.v1", 0, 17, 23, 2)], hashes, RecordHash.Digest(hashes), 1, "settings", "0.1.0", 2, "", "");
        LineageFile.Write(root, 5, [cut], new Dictionary<string, string> { ["reward"] = "abc" }, "portable");
        var json = File.ReadAllText(Path.Combine(root, "training", "lineage.json"));
        Assert.Contains(RecordHash.SortedDigest(hashes), json, StringComparison.Ordinal);
        Assert.DoesNotContain("17", json.Replace(RecordHash.SortedDigest(hashes), "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_fact_is_written_once_also_over_a_restart()
    {
        using var log = new TestLog();
        var models = new ModelLog(log.Log);
        foreach (var step in new StepId[] { new("policy", 0), new("policy", 1), new("policy", 2), new("reward", 0), new("reward", 1) })
            models.Write(CutOf(step));
        models.Write(Checkpoint("policy", 1));
        models.Write(Checkpoint("policy", 1));
        models.Write(Checkpoint("reward", 1));
        models.Write(Checkpoint("policy", 2));
        log.Reopen();
        var again = new ModelLog(log.Log);
        again.Write(Checkpoint("policy", 2));
        Assert.Equal(3, log.Records(Topics.Models).Count);
        Assert.Equal(["policy/1", "reward/1", "policy/2"], again.Checkpoints.Select(c => $"{c.Model}/{c.Version}"));
        Assert.Equal(2, again.Newest("policy")!.Version);
        Assert.Equal(Hash(1), again.Find("policy", 1)!.Checkpoint);
        Assert.Null(again.Find("policy", 3));
        Assert.Null(again.Newest("critic"));
    }

    [Fact]
    public void Cuts_are_found_by_model_and_ordinal_and_facts_of_other_kinds_are_passed_over()
    {
        using var log = new TestLog();
        var writer = new ModelLog(log.Log);
        var reader = new ModelLog(log.Log);
        reader.Refresh();
        Assert.Null(reader.Cut(new StepId("policy", 0)));
        var cut = new Cut(1, "policy", 0, -1, [], [], RecordHash.Digest([]), 9, "s", "0.1.0", 2, "", "");
        writer.Write(cut);
        log.Append(ModelLog.Fact(
            "policy", "policy/1/alias_moved", "tppo.alias_moved.v1", "{\"v\":1,\"kind\":\"alias_moved\",\"model\":\"policy\"}"u8.ToArray()));
        reader.Refresh();
        Assert.Equal(cut.ToJson(), reader.Cut(new StepId("policy", 0))!.ToJson());
        Assert.Empty(reader.Checkpoints);
    }

    private static string Hash(int version) => Convert.ToHexStringLower(SHA256.HashData([(byte)version]));

    private static Cut CutOf(StepId step) =>
        new(1, step.Model, step.Ordinal, step.Ordinal - 1, [], [], RecordHash.Digest([]), 9, "s", "0.1.0", 2, "", "");

    private static CheckpointProduced Checkpoint(string model, int version) => new(
        1, CheckpointProduced.KindName, model, version, Hash(version), version, false, new Fold(0, 1, 100),
        new Dictionary<string, string>(), new Dictionary<string, double>());

    private static void Flip(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private static Action<string> Write(string weights, string note) => folder =>
    {
        File.WriteAllText(Path.Combine(folder, CheckpointFiles.Weights), weights);
        Directory.CreateDirectory(Path.Combine(folder, "training"));
        File.WriteAllText(Path.Combine(folder, "training", "note"), note);
    };
}
