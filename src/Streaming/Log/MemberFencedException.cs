namespace Tppo.Streaming.Log;

/// <summary>Another consumer has joined under this member's name: this one must stop.</summary>
public sealed class MemberFencedException : LogException
{
    /// <summary>Without a message.</summary>
    public MemberFencedException()
    {
    }

    /// <summary>With a one-line message.</summary>
    public MemberFencedException(string message)
        : base(message)
    {
    }

    /// <summary>With a one-line message and its cause.</summary>
    public MemberFencedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
