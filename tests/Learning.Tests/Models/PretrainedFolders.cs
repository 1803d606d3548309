using System.Diagnostics;
using Tppo.TestKit;

namespace Tppo.Learning.Tests.Models;

/// <summary>
/// A real model of 135 million parameters as folders, made of its GGUF file by the script beside it: once for all tests, where there is
/// such a file, and a Python with numpy.
/// </summary>
public sealed class PretrainedFolders : IDisposable
{
    private const string Gguf = "smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf", Script = "gguf_to_hf.py";
    private static readonly string[] Pythons = ["/usr/bin/python3", "python3"];
    private readonly string root = Directory.CreateTempSubdirectory("pretrained-").FullName;
    private readonly Dictionary<string, string?> made = [];

    public static string Expected => ModelFiles.PathOf("smollm2-135m-instruct/expected.json");

    /// <summary>The folder of an adapter on it, whose base is still to be named.</summary>
    public static string Adapter => ModelFiles.PathOf("smollm2-135m-instruct/lora");

    public void Dispose() => Directory.Delete(root, recursive: true);

    /// <summary>A folder; the test is skipped where it cannot be made.</summary>
    /// <param name="options">Of the script: shards, type.</param>
    public string Folder(string options = "")
    {
        Assert.SkipUnless(File.Exists(ModelFiles.PathOf(Gguf)), ModelFiles.HowTo(Gguf));
        lock (made)
        {
            if (!made.TryGetValue(options, out var folder)) made[options] = folder = Make(options);
            Assert.SkipWhen(folder is null, "needs Python with numpy, which makes the model's folder: python3-numpy");
            return folder;
        }
    }

    private string? Make(string options)
    {
        var folder = Path.Combine(root, $"{made.Count}");
        foreach (var python in Pythons)
        {
            try
            {
                string[] arguments = [ModelFiles.PathOf(Script), ModelFiles.PathOf(Gguf), folder, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
                using var process = Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
                process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0) return folder;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such Python.
            }
        }

        return null;
    }
}
