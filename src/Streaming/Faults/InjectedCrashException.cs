using Tppo.Streaming.Log;

namespace Tppo.Streaming.Faults;

/// <summary>A planned <see cref="StepFault"/> struck as if the process had died here. Tests alone see it.</summary>
public sealed class InjectedCrashException : LogException
{
    /// <summary>Without a message.</summary>
    public InjectedCrashException()
    {
    }

    /// <summary>With a one-line message.</summary>
    public InjectedCrashException(string message)
        : base(message)
    {
    }

    /// <summary>With a one-line message and its cause.</summary>
    public InjectedCrashException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
