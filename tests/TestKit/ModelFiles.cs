namespace Tppo.TestKit;

/// <summary>
/// Models that the repository does not hold: in the folder that <c>TPPO_MODELS</c> names, else in <c>../shared/models</c> beside the
/// working tree.
/// </summary>
public static class ModelFiles
{
    private const string FolderVariable = "TPPO_MODELS";

    /// <summary>A chat model of 135 million parameters as a GGUF file.</summary>
    public static string SmallChat => PathOf("smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");

    /// <summary>Where a file lies, or would.</summary>
    public static string PathOf(string file)
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        return Path.GetFullPath(Path.Combine(string.IsNullOrEmpty(folder) ? Path.Combine(WorkingTree.Root, "../shared/models") : folder, file));
    }

    /// <summary>What a test says that is skipped without it.</summary>
    public static string HowTo(string file) => $"needs {Path.GetFileName(file)}: set {FolderVariable} to the folder that holds it, e.g. ../shared/models";
}
