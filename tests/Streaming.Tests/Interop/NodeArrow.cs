using System.Diagnostics;
using System.Text.Json;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>
/// Another implementation of Arrow: npm's <c>apache-arrow</c> on node, from the folder that <c>TPPO_NODE_MODULES</c> names, else from where
/// <c>scripts/node-modules</c> puts it.
/// </summary>
internal static class NodeArrow
{
    private const string FolderVariable = "TPPO_NODE_MODULES";
    private const string HowTo =
        $"needs node and npm's apache-arrow: run scripts/node-modules, or set {FolderVariable} to a node_modules folder that holds it";

    private static readonly string Script = Path.Combine(WorkingTree.Root, "tests/Streaming.Tests/Interop/read-arrow.mjs");

    private static string Modules => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder
        ? Path.GetFullPath(folder)
        : Path.Combine(WorkingTree.Root, "artifacts/node/node_modules");

    /// <summary>What it finds in a payload: metadata, fields, dictionaries, batches, nulls, rows. Skips the test where it is not there.</summary>
    public static JsonElement Read(byte[] payload)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Modules, "apache-arrow")), HowTo);
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, payload);
            using var node = Start(Script, file, Modules);
            var error = node.StandardError.ReadToEndAsync();
            var json = node.StandardOutput.ReadToEnd();
            node.WaitForExit();
            Assert.True(node.ExitCode == 0, error.Result);
            return JsonDocument.Parse(json).RootElement;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Process Start(params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip(HowTo);
            throw;
        }
    }
}
