namespace Tppo.Core.Settings;

/// <summary>What kinds of judges have in common.</summary>
public static class JudgeKinds
{
    /// <summary>Whether it is a language model that is asked in words.</summary>
    public static bool IsModel(this JudgeKind kind) => kind is JudgeKind.Openai or JudgeKind.Gguf;
}
