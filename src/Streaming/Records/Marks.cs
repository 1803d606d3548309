using Tppo.Streaming.Log;

namespace Tppo.Streaming.Records;

/// <summary>Records that are no facts about anybody, and that whoever counts or uses records passes over.</summary>
public static class Marks
{
    /// <summary>Whether a record is an end mark or an idle mark.</summary>
    public static bool Is(LogRecord record) =>
        record.Value.Length == 0 && record.Header(HeaderNames.Type) is (EndMark.Type or IdleMark.Type);
}
