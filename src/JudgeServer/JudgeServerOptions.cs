namespace Tppo.JudgeServer;

/// <summary>What a server needs.</summary>
/// <param name="File">The model's GGUF file.</param>
public sealed record JudgeServerOptions(string File)
{
    /// <summary>Port on the loopback; 0: a free one. Default 0.</summary>
    public int Port { get; init; }

    /// <summary>A Unix socket to listen on in place of a port.</summary>
    public string? Socket { get; init; }

    /// <summary>Most tokens of a question and its answer. Default 8192; fewer where the model was made for fewer.</summary>
    public int ContextTokens { get; init; } = 8192;

    /// <summary>Threads to compute on. Default: one a core.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Requests that may wait for their turn; more are sent away. Default 64.</summary>
    public int WaitingMax { get; init; } = 64;
}
