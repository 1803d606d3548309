namespace Tppo.Core;

/// <summary>What a person can put right: one line that says where, what was expected and what was found. Exit code 2.</summary>
public sealed class UserException : Exception
{
    /// <summary>With the line to show.</summary>
    public UserException(string message)
        : base(message)
    {
    }

    /// <summary>With the line to show and what lay behind it.</summary>
    public UserException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
