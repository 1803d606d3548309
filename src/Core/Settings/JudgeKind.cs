namespace Tppo.Core.Settings;

/// <summary>Who judges.</summary>
public enum JudgeKind
{
    /// <summary>A judge in this process: the search world's oracle, or statistics of the log.</summary>
    Embedded,

    /// <summary>A language model behind an OpenAI-compatible chat endpoint.</summary>
    Openai,

    /// <summary>A language model from a GGUF file, in a process beside this one.</summary>
    Gguf,

    /// <summary>Whoever writes <c>judgements.v1</c> from elsewhere.</summary>
    None,
}
