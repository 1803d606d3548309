namespace Tppo.JudgeServer.Requests;

/// <summary>One message of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">What it says.</param>
internal sealed record ChatMessage(string Role, string Content);
