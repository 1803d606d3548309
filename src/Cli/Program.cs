System.Console.WriteLine("tppo");
