using LLama.Native;

namespace Tppo.JudgeServer.Gguf;

/// <summary>What the native library says: nobody's standard output, and the last fault for whoever asks.</summary>
internal static class NativeLog
{
    private static int isSet;

    /// <summary>The last fault that it told of, in one line; null: none.</summary>
    public static string? LastFault { get; private set; }

    /// <summary>Keeps it from the console. Before the first model is loaded.</summary>
    public static void Quiet()
    {
        if (Interlocked.Exchange(ref isSet, 1) == 1) return;
        NativeLibraryConfig.All.WithLogCallback((level, message) =>
        {
            if (level == LLamaLogLevel.Error && message.Trim() is { Length: > 0 } fault) LastFault = fault.ReplaceLineEndings(" ");
        });
    }
}
