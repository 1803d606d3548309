using System.Globalization;
using Tppo.Core.Log;
using Tppo.Streaming.Embedded;
using Tppo.TestKit;
// A process for the tests to kill. It copies search.v1 to timeline.v1 in small steps without end, counts in its state what
// it has copied, and prints that count after each step has committed: what is printed must survive.
// With --broker it starts a broker, prints its port and folder, and waits.

if (args[0] == "--broker")
{
    var broker = TestBroker.Start();
    Console.WriteLine($"{broker.Port} {broker.Folder}");
    Thread.Sleep(Timeout.Infinite);
}

using var log = EmbeddedLog.Open(args[0], new EmbeddedOptions { Partitions = 1 });
using var consumer = log.Join("copier", "child", [Topics.Search]);
var copied = consumer.State.Copied(0);
for (var appended = (int)Math.Max(copied, log.Read(new TopicPartition(Topics.Search, 0), 0).LongCount()); appended < 10_000_000; appended += 20)
{
    log.AppendNumbers(Topics.Search, 0, 20, appended);
    consumer.Copy(Topics.Search, Topics.Timeline, recordsAStep: 7);
    Console.WriteLine(consumer.State.Copied(0).ToString(CultureInfo.InvariantCulture));
}
