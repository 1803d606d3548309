namespace Tppo.Hosting.Judges.Chat;

/// <summary>Why a call gave no answer.</summary>
public enum FailureKind
{
    /// <summary>The endpoint is not there, or says that it is too busy: asked again for as long as it takes.</summary>
    Unavailable,

    /// <summary>It broke while it answered, or answered nonsense: asked again a few times.</summary>
    Broken,

    /// <summary>The question is longer than the model can read.</summary>
    ContextLength,

    /// <summary>It does not take this request, and would not take it again.</summary>
    Refused,

    /// <summary>It takes no request of ours: the key is wrong, the model is not there, the account is empty.</summary>
    Denied,
}
