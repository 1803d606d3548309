namespace Tppo.Hosting.Control;

/// <summary>A command: buy no more labels for now.</summary>
/// <param name="Reason">Why, for people.</param>
public sealed record PauseLabelling(string Reason);

/// <summary>A command: buy labels again.</summary>
public sealed record ResumeLabelling;

/// <summary>What a Labeler answers to either.</summary>
/// <param name="Service">Who answers: service, member and machine.</param>
/// <param name="IsPaused">Whether it buys none now.</param>
public sealed record LabellingState(string Service, bool IsPaused);
