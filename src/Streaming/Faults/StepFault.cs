namespace Tppo.Streaming.Faults;

/// <summary>A planned fault, for tests: data, so that a test reads as the list of what goes wrong.</summary>
/// <param name="Group">The consumer group that it strikes.</param>
/// <param name="Step">Which of the group's Finish calls, from 0, counted since the log was opened.</param>
/// <param name="Mark">What happens there.</param>
public sealed record StepFault(string Group, int Step, FaultMark Mark);
