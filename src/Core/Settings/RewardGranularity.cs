namespace Tppo.Core.Settings;

/// <summary>Whether every token of a word is paid, or the word once.</summary>
public enum RewardGranularity
{
    /// <summary>Each token gets its word's reward. Default.</summary>
    Token,

    /// <summary>A word's last token gets it, the others 0.</summary>
    Word,
}
