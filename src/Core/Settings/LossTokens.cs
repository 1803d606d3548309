namespace Tppo.Core.Settings;

/// <summary>Which tokens enter the policy loss.</summary>
public enum LossTokens
{
    /// <summary>Every response token, separators and the end token included: they are actions. Default.</summary>
    All,

    /// <summary>Tokens whose category is 1 or 2, as the paper has it.</summary>
    LabelledOnly,
}
