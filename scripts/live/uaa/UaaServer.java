import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** UaaServer WEBAPP BASE PORT: serves an unpacked UAA at /uaa of 127.0.0.1 until standard input ends. */
class UaaServer {
  public static void main(String[] args) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(args[1]);
    tomcat.setPort(Integer.parseInt(args[2]));
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context uaa = tomcat.addWebapp("/uaa", args[0]);
    tomcat.start();
    if (!uaa.getState().isAvailable()) System.exit(1);
    while (System.in.read() >= 0) {}
    System.exit(0);
  }
}
